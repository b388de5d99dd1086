"""Lets ``python -m brownout`` do what ``brownout`` does."""

from .cli import main

if __name__ == "__main__":
    main()
