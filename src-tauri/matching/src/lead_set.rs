//! Leads by their number: who is on a list, or was put there.

/// Leads, each once, in the order of their numbers, so that millions of them are held
/// against one another in one pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeadSet(Vec<i64>);

impl LeadSet {
    /// Who is there after these came, or went, one after another.
    pub fn after(mut moves: Vec<(i64, bool)>) -> Self {
        // Of several of one lead the last stays last.
        moves.sort_by_key(|(lead, _)| *lead);
        let last_of_each = moves.chunk_by(|(one, _), (next, _)| one == next);
        let last_of_each = last_of_each.filter_map(<[_]>::last);
        Self(
            last_of_each
                .filter_map(|(lead, is_there)| is_there.then_some(*lead))
                .collect(),
        )
    }

    /// Their numbers, ascending.
    pub fn ids(&self) -> &[i64] {
        &self.0
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Says of leads, asked for in ascending order, whether they are among these.
    pub fn has_each(&self) -> impl FnMut(i64) -> bool + '_ {
        let mut rest = self.0.iter().peekable();
        move |lead| {
            while rest.next_if(|one| **one < lead).is_some() {}
            rest.peek() == Some(&&lead)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::LeadSet;

    #[test]
    fn whoever_came_last_is_there() {
        let moves = [
            (7, true),
            (3, true),
            (7, false),
            (5, false),
            (3, true),
            (9, true),
            (5, true),
        ];
        let set = LeadSet::after(moves.to_vec());
        assert_eq!(set.ids(), [3, 5, 9]);
        let mut has = set.has_each();
        assert_eq!(
            [1, 3, 4, 9, 10].map(&mut has),
            [false, true, false, true, false]
        );
        assert!(LeadSet::after(vec![(1, true), (1, false)]).is_empty());
    }
}
