"""The assets: one module for each floor of the graph. What they store begins with the installation's own indicators."""

from indicators.custom import install
from warehouse.home import Home

install(Home.from_environment().indicator_files())
