# nothing happens
