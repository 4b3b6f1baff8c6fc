def outer():
    x = "outer"
    log = []

    def middle():
        nonlocal x
        x += "+"

        def inner():
            nonlocal x
            x = x.upper()
            log.append(x)

        inner()
        return x

    middle()
    return x, log

print(outer())
