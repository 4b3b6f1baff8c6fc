class Team:
    members = []
    limit = 2

    def join(self, name):
        self.members.append(name)
        self.limit += 1

a, b = Team(), Team()
a.join("Ann")
b.join("Bob")
b.members = ["alone"]
print(a.members, b.members, Team.members)
print(a.limit, Team.limit, vars(a))
Team.limit = 9
print(a.limit, Team().limit)
