for celsius in [0, 15, 100]:
    f = celsius * 9 / 5 + 32
    print(f"{celsius:>4} {f:>7.1f}")
