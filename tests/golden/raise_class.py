class Full(Exception):
    pass

def put(n):
    if n > 1:
        raise Full
    if n > 0:
        raise Full("one", n)

for n in (1, 2):
    try:
        put(n)
    except Full as full:
        print(full.args)
error = ValueError("kept")
raise error
