//! Reuses the memory of results. Each convolution allocates and frees feature maps of a few
//! megabytes. From the system's allocator, these would be new pages, and clearing them takes the
//! kernel a third of a training step's time.

use std::cell::RefCell;

/// Less than this comes quickly from the system's allocator. A step has hundreds of such buffers,
/// gradients of weights for example, among which the large ones would have to be found.
const MIN_KEPT: usize = (64 << 10) / size_of::<f32>();

/// More than this is not kept: a training step of a usual batch takes less.
const MAX_KEPT_BYTES: usize = 512 << 20;

thread_local! {
    /// The buffers that are free; `None` outside of [`reuse_buffers`].
    static FREE: RefCell<Option<Vec<Vec<f32>>>> = const { RefCell::new(None) };
}

/// Runs `work`. Its convolutions on this thread reuse the memory of earlier results that are no
/// longer used; what is free at the end goes back to the system.
pub fn reuse_buffers<T>(work: impl FnOnce() -> T) -> T {
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
pub fn take(size: usize) -> Vec<f32> {
    if size < MIN_KEPT {
        return Vec::with_capacity(size);
    }
    // A buffer that is much too large is left for a result that needs it.
    let fits = |buffer: &Vec<f32>| (size..=size + size / 2).contains(&buffer.capacity());
    let found = FREE.with_borrow_mut(|free| {
        let free = free.as_mut()?;
        // Among buffers of equal size, the one used last: it is still in the cache.
        let fitting = free.iter().enumerate().rev().filter(|(_, buffer)| fits(buffer));
        let (index, _) = fitting.min_by_key(|(_, buffer)| buffer.capacity())?;
        Some(free.remove(index))
    });
    found.unwrap_or_else(|| Vec::with_capacity(size))
}

/// Keeps the memory of a result that is no longer used, for [`take`].
pub fn give_back(mut buffer: Vec<f32>) {
    if buffer.capacity() < MIN_KEPT {
        return;
    }
    buffer.clear();
    // On another thread, or when this one ends, it is freed.
    let _ = FREE.try_with(|free| {
        if let Ok(mut free) = free.try_borrow_mut()
            && let Some(free) = free.as_mut()
        {
            let kept: usize = free.iter().map(Vec::capacity).sum();
            if (kept + buffer.capacity()) * size_of::<f32>() <= MAX_KEPT_BYTES {
                free.push(buffer);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const K: usize = 1000;

    #[test]
    fn memory_is_used_again_where_it_fits() {
        let place_of = |size| {
            let buffer = take(size);
            (buffer.as_ptr(), buffer)
        };
        reuse_buffers(|| {
            let values = vec![1.0; 100 * K];
            let place = values.as_ptr();
            assert_ne!(place_of(100 * K).0, place, "it is still used");
            give_back(values);
            assert_ne!(place_of(40 * K).0, place, "it would be wasted");
            assert_ne!(place_of(101 * K).0, place, "it is too small");
            let (again, buffer) = place_of(80 * K);
            assert_eq!((again, buffer.len()), (place, 0));
            give_back(buffer);
            reuse_buffers(|| give_back(place_of(80 * K).1));
            assert_eq!(place_of(80 * K).0, place, "a scope in a scope shares its memory");
            give_back(vec![1.0; K]);
            assert!(FREE.with_borrow(|free| free.as_ref().is_some_and(Vec::is_empty)), "a small one is not kept");
        });
        assert!(FREE.with_borrow(Option::is_none));
        give_back(vec![1.0; 100 * K]);
    }
}
