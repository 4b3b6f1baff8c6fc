def main():
    print("working")
    raise SystemExit("stopped: no data")


if __name__ == "__main__":
    main()
