//! Memory for tensors that is used again. Maps of a few megabytes come and go with each convolution; from the system's allocator each would
//! be new pages, which the kernel clears one by one: a third of the time of a training step.

use std::cell::RefCell;
use std::mem::MaybeUninit;

use burn_std::{AccessError, AccessPolicy, AllocationController, AllocationProperty, Bytes};

/// More than this is not kept, in bytes: a training step of a usual batch takes less.
const MOST_KEPT: usize = 512 << 20;

thread_local! {
    /// What is free; none outside of [`recycling`].
    static FREE: RefCell<Option<Vec<Vec<f32>>>> = const { RefCell::new(None) };
}

/// Runs `work`, whose results of convolutions on this thread take the memory of those before them that are no longer used. What is free at the end is
/// given back.
pub fn recycling<T>(work: impl FnOnce() -> T) -> T {
    struct End;
    impl Drop for End {
        fn drop(&mut self) {
            FREE.set(None);
        }
    }
    let outermost = FREE.with_borrow_mut(|free| free.is_none() && free.insert(Vec::new()).is_empty());
    let _end = outermost.then(|| End);
    work()
}

/// An empty vector with room for `size` values.
pub(super) fn take(size: usize) -> Vec<f32> {
    // A buffer that is much too large would be missing where it fits.
    let fits = |buffer: &Vec<f32>| (size..=size + size / 2).contains(&buffer.capacity());
    let found = FREE.with_borrow_mut(|free| {
        let free = free.as_mut()?;
        // Of equal ones the last that was used: it is still in the cache.
        let fitting = free.iter().enumerate().rev().filter(|(_, buffer)| fits(buffer));
        let (index, _) = fitting.min_by_key(|(_, buffer)| buffer.capacity())?;
        Some(free.remove(index))
    });
    found.unwrap_or_else(|| Vec::with_capacity(size))
}

/// The memory of a tensor, which [`take`] gives again when the tensor is gone.
pub(super) fn bytes(values: Vec<f32>) -> Bytes {
    let length = size_of_val(values.as_slice());
    // SAFETY: all of the controller's `length` bytes are initialised: they are the values.
    unsafe { Bytes::from_controller(Box::new(Recycled(values)), length) }
}

struct Recycled(Vec<f32>);

impl Drop for Recycled {
    fn drop(&mut self) {
        let mut buffer = std::mem::take(&mut self.0);
        buffer.clear();
        // On another thread, or when this one ends, it is freed.
        let _ = FREE.try_with(|free| {
            if let Ok(mut free) = free.try_borrow_mut()
                && let Some(free) = free.as_mut()
            {
                let kept: usize = free.iter().map(Vec::capacity).sum();
                if (kept + buffer.capacity()) * size_of::<f32>() <= MOST_KEPT {
                    free.push(buffer);
                }
            }
        });
    }
}

impl AllocationController for Recycled {
    fn alloc_align(&self) -> usize {
        align_of::<f32>()
    }

    fn property(&self) -> AllocationProperty {
        AllocationProperty::Other
    }

    unsafe fn memory_mut(&mut self, _: AccessPolicy) -> Result<&mut [MaybeUninit<u8>], AccessError> {
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut self.0);
        // SAFETY: the same memory; the caller promises to write only initialised bytes, and every four of them are an f32.
        Ok(unsafe { &mut *(std::ptr::from_mut(bytes) as *mut [MaybeUninit<u8>]) })
    }

    fn memory(&self, _: AccessPolicy) -> Result<&[MaybeUninit<u8>], AccessError> {
        let bytes: &[u8] = bytemuck::cast_slice(&self.0);
        // SAFETY: the same memory, read only.
        Ok(unsafe { &*(std::ptr::from_ref(bytes) as *const [MaybeUninit<u8>]) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_used_again_where_it_fits() {
        let place_of = |size| {
            let buffer = take(size);
            (buffer.as_ptr(), buffer)
        };
        recycling(|| {
            let values = vec![1.0; 100];
            let place = values.as_ptr();
            let tensor = bytes(values);
            assert_eq!(bytemuck::cast_slice::<u8, f32>(&tensor), [1.0; 100]);
            assert_ne!(place_of(100).0, place, "it is still used");
            drop(tensor);
            assert_ne!(place_of(40).0, place, "it would be wasted");
            assert_ne!(place_of(101).0, place, "it is too small");
            let (again, buffer) = place_of(80);
            assert_eq!((again, buffer.len()), (place, 0));
            drop(bytes(buffer));
            recycling(|| drop(bytes(place_of(80).1)));
            assert_eq!(place_of(80).0, place, "a scope in a scope shares its memory");
        });
        assert!(FREE.with_borrow(Option::is_none));
        drop(bytes(vec![1.0]));
    }
}
