"""A small program with a main function."""

LIMIT = 2


def greet(name):
    """Say hello."""
    return f"Hello, {name}!"


def main():
    for name in ["Ann", "Bob", "Cy"][:LIMIT]:
        print(greet(name))


if __name__ == "__main__":
    main()
