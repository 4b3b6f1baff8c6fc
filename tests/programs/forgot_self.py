# tags: classes crash methods
class Light:
    def __init__(self):
        self.on = False

    def toggle():          # no self!
        on = True

lamp = Light()
print("lamp on?", lamp.on)
lamp.toggle()
