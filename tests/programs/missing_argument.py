# tags: functions crash
def box_volume(w, h, d):
    return w * h * d

print(box_volume(2, 3, 4))
print(box_volume(2, 3))
