for number in [7, 42, 365]:
    code = f"{number:05d}"
    print("no. " + code)
