//! The memory of Burn's tensors for the kernels' results. It is reused when a tensor is dropped.

use std::mem::MaybeUninit;

use burn_std::{AccessError, AccessPolicy, AllocationController, AllocationProperty, Bytes};

use super::cpu::give_back;

/// The memory of a tensor of these values. Inside [`reuse_buffers`](super::reuse_buffers), a later
/// result reuses it.
pub(super) fn bytes(values: Vec<f32>) -> Bytes {
    let length = size_of_val(values.as_slice());
    // SAFETY: all of the controller's `length` bytes are initialised: they are the values.
    unsafe { Bytes::from_controller(Box::new(Reused(values)), length) }
}

struct Reused(Vec<f32>);

impl Drop for Reused {
    fn drop(&mut self) {
        give_back(std::mem::take(&mut self.0));
    }
}

impl AllocationController for Reused {
    fn alloc_align(&self) -> usize {
        align_of::<f32>()
    }

    fn property(&self) -> AllocationProperty {
        AllocationProperty::Other
    }

    unsafe fn memory_mut(&mut self, _: AccessPolicy) -> Result<&mut [MaybeUninit<u8>], AccessError> {
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut self.0);
        // SAFETY: the same memory; the caller promises to write only initialised bytes, and every
        // four of them are an f32.
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
    use super::super::cpu::{reuse_buffers, take};
    use super::*;

    #[test]
    fn a_tensors_memory_is_given_back_when_it_is_gone() {
        reuse_buffers(|| {
            let values = vec![1.0; 100_000];
            let place = values.as_ptr();
            let tensor = bytes(values);
            assert_eq!(bytemuck::cast_slice::<u8, f32>(&tensor), vec![1.0; 100_000]);
            let other = take(100_000);
            assert_ne!(other.as_ptr(), place, "it is still used");
            drop(tensor);
            let again = take(100_000);
            assert_eq!(again.as_ptr(), place);
        });
        drop(bytes(vec![1.0]));
    }
}
