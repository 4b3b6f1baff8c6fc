from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from enum import Enum

class Color(Enum):
    RED = 1
    BLUE = 2

Pt = namedtuple("Pt", "x y")
p = Pt(1, 2)
c = Counter("abb")
d = defaultdict(list)
d["k"].append(1)
q = deque([1, 2], maxlen=2)
q.append(3)
o = OrderedDict(a=1)
favourite = Color.BLUE
