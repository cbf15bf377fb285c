//! Stacks. What a function leaves on one stays there until another function overwrites it: keys that
//! a cipher has spread out, a passcode in a hash's block. Heap is wiped when it is freed, stack is not.

use std::hint::black_box;

/// More than anything here needs of the stack, in bytes, and far less than a thread has.
const DEPTH: usize = 128 * 1024;

/// More than a cipher needs of it, in bytes, also where nothing is optimised. Every row of the trail is
/// sealed, so the wiping must not cost what the sealing costs.
const DEPTH_OF_A_CIPHER: usize = 16 * 1024;

/// Does work with secrets, and wipes the part of the stack that it has used. What it returns must not
/// itself hold a secret by value.
pub fn leave_no_trace<T>(work: impl FnOnce() -> T) -> T {
    let done = aside(work);
    wipe::<DEPTH>();
    done
}

/// [`leave_no_trace`] for one run of a cipher.
pub(crate) fn seal_without_trace<T>(work: impl FnOnce() -> T) -> T {
    let done = aside(work);
    wipe::<DEPTH_OF_A_CIPHER>();
    done
}

/// In a frame of its own, below which the wiping begins as well.
#[inline(never)]
fn aside<T>(work: impl FnOnce() -> T) -> T {
    work()
}

#[inline(never)]
fn wipe<const DEPTH: usize>() {
    let mut below = [0_u8; DEPTH];
    // Nobody reads it, so it would not be written otherwise.
    black_box(&mut below);
}
