from enum import Enum, auto

class Light(Enum):
    RED = auto()
    GREEN = auto()

    def next(self):
        return Light.GREEN if self is Light.RED else Light.RED

light = Light.RED
light = light.next()
print(light.name, light.value, Light["RED"], Light(2))
for colour in Light:
    print(colour)
