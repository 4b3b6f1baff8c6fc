# An exchange office makes its own converter functions
def make_converter(rate, fee=0):
    def convert(euros):
        return round((euros - fee) * rate, 2)
    return convert

to_pounds = make_converter(0.85)
to_dollars = make_converter(1.1, fee=2)
double = lambda x: x * 2

print(to_pounds(100), to_dollars(100))
print(double(to_dollars(12)))
for f in [to_pounds, to_dollars, double, abs]:
    print(f(-10), end=" | ")
print()
print(list(map(to_pounds, [1, 20, 50])))
