class Editor:
    def __init__(self):
        self.text = ""
        self.history = []

    def write(self, more):
        self.history.append(self.text)
        self.text += more

    def delete(self, n):
        self.history.append(self.text)
        self.text = self.text[:-n]

    def undo(self):
        if not self.history:
            raise IndexError("nothing to undo")
        self.text = self.history.pop()

    def __len__(self):
        return len(self.text)


ed = Editor()
ed.write("Dear Gran")
ed.write("dma, hi")
ed.delete(2)
print(repr(ed.text), len(ed))
ed.undo()
print(ed.text)

count = 0
try:
    while True:
        ed.undo()
        count += 1
        print(count, repr(ed.text))
except IndexError as problem:
    print("Stop:", problem)
