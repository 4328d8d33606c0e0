ip link add gre1 type gre external
