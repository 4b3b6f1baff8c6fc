def outer(n):
    def middle():
        def inner():
            return n + 1
        return inner()
    return middle() * 2

class A:
    class B:
        def f(self):
            return [lambda: 1][0]()

outer(1)
A.B().f()
