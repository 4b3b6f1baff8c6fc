a = 1; b = 2; print(a + b)
if a: a = 5; b = 6
x = [1,
     2]; y = (3,
     4)
z = 0
