"""Other services' routes: their names, defaults and shapes over our data, so that their clients change one address."""
