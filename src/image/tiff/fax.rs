//! Fax pages of Group 3 in one dimension; the crate reads those of Group 4.

use fax::Color;
use fax::decoder::{DecodeStatus, Group3Decoder, pels};
use tiff::decoder::DecodingResult;

use super::Tags;
use crate::error::Result;
use crate::image::problems::{cut_short, uncommon};
use crate::image::sniff::Content;

/// One bit a sample, black is 1, each row in whole bytes.
pub(super) fn read(tags: &Tags, bytes: &[u8], width: u32, height: u32) -> Result<DecodingResult> {
    const TWO_DIMENSIONS: u32 = 1;
    let Ok(columns) = u16::try_from(width) else {
        return Err(uncommon(Content::Tiff, "a very wide fax page"));
    };
    if tags.fax_options & TWO_DIMENSIONS != 0 {
        return Err(uncommon(Content::Tiff, "two-dimensional Group 3 fax"));
    }
    let strip_rows = tags.strip_rows.unwrap_or(u64::MAX).clamp(1, u64::from(height)) as usize;
    let row_bytes = width.div_ceil(8) as usize;
    let mut values = Vec::with_capacity(row_bytes * height as usize);
    for strip in 0..(height as usize).div_ceil(strip_rows) {
        let rows = strip_rows.min(height as usize - strip * strip_rows);
        let end = values.len() + rows * row_bytes;
        let data = tags.part(bytes, strip)?.into_iter().map(Ok::<u8, std::convert::Infallible>);
        let mut decoder = Group3Decoder::new(data).map_err(|_| cut_short(Content::Tiff))?;
        while values.len() < end {
            let status = decoder.advance();
            let row = decoder.transitions();
            // Nothing need follow a file's last row: it is whole if it reaches the right edge.
            if status.is_err() && row.last() != Some(&columns) {
                return Err(cut_short(Content::Tiff));
            }
            push_row(&mut values, pels(row, columns).map(|colour| matches!(colour, Color::Black)), row_bytes);
            if !matches!(status, Ok(DecodeStatus::Incomplete)) && values.len() < end {
                return Err(cut_short(Content::Tiff));
            }
        }
    }
    Ok(DecodingResult::U8(values))
}

fn push_row(values: &mut Vec<u8>, mut bits: impl Iterator<Item = bool>, row_bytes: usize) {
    for _ in 0..row_bytes {
        let byte = (0..8).fold(0, |byte, _| byte << 1 | u8::from(bits.next().unwrap_or(false)));
        values.push(byte);
    }
}
