//! Registers, import and the log of facts.
