//! SQL of the regions.
