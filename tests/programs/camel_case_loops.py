# tags: ints while lists
myList = [4,9,2,7]
theSum = 0
index = 0
while(index < len(myList)):
    if(myList[index] > 3):
        theSum = theSum + myList[index]
    #end if
    index = index + 1
#end while
print("The sum is: " + str(theSum))
