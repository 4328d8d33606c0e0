ip tunnel add gre1 remote 203.0.113.10 key 010
