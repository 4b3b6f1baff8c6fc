class Line:
    def __init__(self, text):
        self.text = text

    def __mul__(self, n):
        return Line(self.text * n)

    def show(self):
        print(self.text)


row = Line("ab") * 2
row.show()
