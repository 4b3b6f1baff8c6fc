def main():
    global count
    count += 1
    return count

count = 0
main()
text = """not
moved"""
