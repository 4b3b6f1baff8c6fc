for name in ["ida", "konrad"]:
    print(f"{name.upper():<8}|")
