use super::ContentDigest;

/// What a device has of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mine {
    /// The generation on the server that it last agreed with; 0 for none.
    pub base: u64,
    /// The content then; `None` when there was nothing.
    pub agreed: Option<ContentDigest>,
    /// The generation of what it has: above `base` when it was changed since.
    pub generation: u64,
    /// The content; `None` when there is nothing.
    pub content: Option<ContentDigest>,
}

/// What stands on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theirs {
    /// Its generation.
    pub generation: u64,
    /// The content; `None` when it was removed.
    pub content: Option<ContentDigest>,
}

/// What comes of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meeting {
    /// They are the same; only the generation is noted.
    Same,
    /// The device takes the server's.
    Adopt {
        /// Whether what it had is a version that lost, to be kept as a conflict.
        lost: bool,
    },
    /// The device's goes to the server.
    Push {
        /// In this generation.
        generation: u64,
        /// Whether what stood there is a version that lost, to be kept as a conflict.
        lost: bool,
    },
}

/// What a device does about what stands on the server.
pub fn meet(mine: Mine, theirs: Theirs) -> Meeting {
    let is_changed = mine.generation > mine.base;
    if mine.content == theirs.content {
        return Meeting::Same;
    }
    if (theirs.generation, theirs.content) == (mine.base, mine.agreed) {
        // Nothing is new there: it is what the device's change was made of.
        return Meeting::Push { generation: mine.generation, lost: false };
    }
    if theirs.generation < mine.base {
        // The server went back to an older state of its own: what the device knows is newer.
        return Meeting::Push { generation: mine.generation.max(mine.base), lost: false };
    }
    if !is_changed {
        // One of the same generation and of other content comes from a server that went back and on again.
        return Meeting::Adopt { lost: theirs.generation == mine.base };
    }
    match (mine.content, theirs.content) {
        // What was removed stays removed, whatever was made of it meanwhile.
        (_, None) => Meeting::Adopt { lost: true },
        (None, Some(_)) => Meeting::Push { generation: mine.generation.max(theirs.generation + 1), lost: true },
        _ if mine.generation > theirs.generation => Meeting::Push { generation: mine.generation, lost: true },
        _ => Meeting::Adopt { lost: true },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: Option<ContentDigest> = Some([1; 32]);
    const ONE: Option<ContentDigest> = Some([2; 32]);
    const TWO: Option<ContentDigest> = Some([3; 32]);

    fn mine(base: u64, generation: u64, content: Option<ContentDigest>) -> Mine {
        Mine { base, agreed: if base == 0 { None } else { OLD }, generation, content }
    }

    fn theirs(generation: u64, content: Option<ContentDigest>) -> Theirs {
        Theirs { generation, content }
    }

    #[test]
    fn what_is_equal_is_only_noted_whatever_its_generations() {
        assert_eq!(meet(mine(3, 5, ONE), theirs(4, ONE)), Meeting::Same);
        assert_eq!(meet(mine(3, 4, None), theirs(9, None)), Meeting::Same);
    }

    #[test]
    fn what_was_not_changed_here_is_replaced_without_a_conflict() {
        assert_eq!(meet(mine(3, 3, OLD), theirs(4, ONE)), Meeting::Adopt { lost: false });
        assert_eq!(meet(mine(3, 3, OLD), theirs(4, None)), Meeting::Adopt { lost: false });
        assert_eq!(meet(mine(0, 0, None), theirs(1, ONE)), Meeting::Adopt { lost: false });
    }

    #[test]
    fn what_the_devices_change_was_made_of_is_no_other_version() {
        assert_eq!(meet(mine(3, 4, ONE), theirs(3, OLD)), Meeting::Push { generation: 4, lost: false });
        assert_eq!(meet(mine(3, 4, None), theirs(3, OLD)), Meeting::Push { generation: 4, lost: false });
    }

    #[test]
    fn of_two_edits_the_newest_generation_wins_and_a_tie_goes_to_what_stands() {
        assert_eq!(meet(mine(3, 4, ONE), theirs(4, TWO)), Meeting::Adopt { lost: true });
        assert_eq!(meet(mine(3, 4, ONE), theirs(6, TWO)), Meeting::Adopt { lost: true });
        assert_eq!(meet(mine(3, 5, ONE), theirs(4, TWO)), Meeting::Push { generation: 5, lost: true });
    }

    #[test]
    fn a_removal_wins_over_an_edit_on_either_side() {
        assert_eq!(meet(mine(3, 9, ONE), theirs(4, None)), Meeting::Adopt { lost: true });
        assert_eq!(meet(mine(3, 4, None), theirs(7, TWO)), Meeting::Push { generation: 8, lost: true });
    }

    #[test]
    fn a_server_that_went_back_takes_nothing_back() {
        assert_eq!(meet(mine(5, 5, OLD), theirs(3, ONE)), Meeting::Push { generation: 5, lost: false });
        assert_eq!(meet(mine(5, 6, TWO), theirs(3, None)), Meeting::Push { generation: 6, lost: false });
        assert_eq!(meet(mine(5, 5, OLD), theirs(5, ONE)), Meeting::Adopt { lost: true });
    }
}
