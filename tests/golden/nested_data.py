import copy

team = {"name": "Red", "scores": [1, 2]}
same = team
shallow = dict(team)
deep = copy.deepcopy(team)
team["scores"].append(3)
team["name"] = "Blue"
people = [team, shallow]
for person in people:
    person["scores"][0] = 0
print(same, shallow, deep, sep="\n")
