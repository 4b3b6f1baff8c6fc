class Garden:
    def __init__(self, plants):
        self.plants = plants

    def __add__(self, plant):
        return Garden(self.plants + [plant])


garden = Garden(["rose"])
garden = garden + "fern"
print(garden.plants)
