nums = [4, -7, 12, 0, -3, 9]
squares = [n * n for n in nums if n > 0]
signs = ["+" if n > 0 else "-" if n < 0 else "0" for n in nums]
remainders = {n % 4 for n in nums}
table = {n: abs(n) for n in nums if n < 0}
print(squares)
print("".join(signs))
print(sorted(remainders))
print(table)
print(any(n > 10 for n in nums), all(n > -5 for n in nums))
