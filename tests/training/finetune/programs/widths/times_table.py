n = 7
for k in range(1, 5):
    print(f"{k:>2} x {n} = {k * n:>3}")
