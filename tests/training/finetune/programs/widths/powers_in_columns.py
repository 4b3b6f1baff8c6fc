for x in range(2, 5):
    print(f"{x:>3}{x * x:>5}{x ** 3:>6}")
