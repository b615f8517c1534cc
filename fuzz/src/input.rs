//! An input taken apart: octets, and pieces with their lengths before them.

/// Reads from the front; past the end everything is zero or empty.
pub(crate) struct Input<'d> {
    rest: &'d [u8],
}

impl<'d> Input<'d> {
    pub(crate) const fn new(data: &'d [u8]) -> Self {
        Self { rest: data }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn octet(&mut self) -> u8 {
        let Some((&octet, rest)) = self.rest.split_first() else {
            return 0;
        };
        self.rest = rest;
        octet
    }

    pub(crate) fn number(&mut self) -> u16 {
        u16::from_le_bytes([self.octet(), self.octet()])
    }

    /// As many octets as the number before them says, or as there are.
    pub(crate) fn piece(&mut self) -> &'d [u8] {
        let length = usize::from(self.number()).min(self.rest.len());
        let (piece, rest) = self.rest.split_at(length);
        self.rest = rest;
        piece
    }

    pub(crate) const fn rest(self) -> &'d [u8] {
        self.rest
    }

    /// Changes octets of `target`: pairs of a position and what is added there.
    pub(crate) fn patch(&mut self, target: &mut [u8], times: usize) {
        for _ in 0..times {
            let (position, change) = (usize::from(self.number()), self.octet());
            if !target.is_empty() {
                let position = position % target.len();
                target[position] = target[position].wrapping_add(change);
            }
        }
    }
}

/// Puts the length before a piece.
pub(crate) fn piece(octets: &[u8]) -> Vec<u8> {
    let length = u16::try_from(octets.len()).expect("a piece has less than 64 KiB");
    [&length.to_le_bytes(), octets].concat()
}
