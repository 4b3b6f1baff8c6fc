def note(text):
    print("note", text)
    def keep(thing):
        print("keep", thing.__name__)
        return thing
    return keep

@note("first")
@note(
    text="second",
)
def work():
    return 1

class Tool:
    @staticmethod
    @note("method")
    def use():
        return 2

@(lambda f: f)
def other(): return 3

print(work(), Tool.use(), other())
