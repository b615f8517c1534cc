//! Where in a DER encoding something lies.

/// Octets of an encoding, as offsets of just the size that it needs: facts about certificates are
/// many and live on the stack.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span<T> {
    start: T,
    end: T,
}

impl Span<u16> {
    pub(crate) const EMPTY: Self = Self { start: 0, end: 0 };
}

impl<T: Copy + TryFrom<usize> + TryInto<usize>> Span<T> {
    /// Where `part` lies in `whole`, which it must have been taken from.
    pub(crate) fn of(whole: &[u8], part: &[u8]) -> Option<Self> {
        let start = part.as_ptr().addr().checked_sub(whole.as_ptr().addr())?;
        let end = start.checked_add(part.len())?;
        if end > whole.len() {
            return None;
        }
        let (start, end) = (start.try_into().ok()?, end.try_into().ok()?);
        Some(Self { start, end })
    }

    pub(crate) const fn start(self) -> T {
        self.start
    }

    /// The octets. Empty if `whole` is not what the span was made from, which never happens.
    pub(crate) fn get(self, whole: &[u8]) -> &[u8] {
        let bounds = self.start.try_into().ok().zip(self.end.try_into().ok());
        bounds
            .and_then(|(start, end): (usize, usize)| whole.get(start..end))
            .unwrap_or_default()
    }
}
