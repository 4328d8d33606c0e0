interfaces {
    tunnel tun0 {
        encapsulation gre
    }
}
