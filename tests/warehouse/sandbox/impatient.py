"""A keeper that closes its snapshot soon."""

from warehouse.sandbox import keeper

if __name__ == "__main__":
    keeper.IDLE_SECONDS = 0.2
    keeper.main()
