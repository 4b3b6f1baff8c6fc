# Quiz 7: which of the functions change the caller's list?
def f(lst):
    lst.append(99)

def g(lst):
    lst = lst + [99]

def h(lst):
    lst += [99]
    lst = []

def k(lst):
    lst[:] = sorted(lst)

data = [2, 1]
for func in (f, g, h, k):
    func(data)
    print(func.__name__, data)
