    Lesson {
        number: NUMBER,
        slug: "SLUG",
        title: "TITLE",
        teaches: "To be written: what the reader knows afterwards",
        // To be written: its part in its pair, and the pair.
        label: "program",
        role: Role::Alone,
        sockets: Sockets::KIND,
        argument: Argument::Address,
    },
