# tags: exceptions functions crash
def load(settings, key):
    try:
        return settings[key]
    except KeyError as e:
        print("missing setting:", key)
        raise ValueError("bad settings") from e

config = {"volume": 7}
print(load(config, "volume"))
print(load(config, "color"))
