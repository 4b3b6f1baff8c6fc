def f(x): y = x + 1; return y
class P: a = 1; b = 2
x = 1; y = f(x); print(x, y)
if x: x = 2; print("then")
else: x = 3
try: z = 1 / 0; print("no")
except ZeroDivisionError: z = 0; print("zero")
for i in range(2): x += i; y -= i
while y: y -= 1; print(y)
with open("/dev/null") as n: m = n.closed; k = 1
def g(): pass
g(); f(1); print(P.b)
