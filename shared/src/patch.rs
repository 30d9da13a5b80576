//! The effect of a merge patch on one field (RFC 7396).

#[derive(Debug, PartialEq, Eq)]
pub enum Patch<T> {
    Keep,
    Clear,
    Set(T),
}
