// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IExchangeTypes} from "../IExchange.sol";

/// @dev A running English auction: all that a bid touches in one word, 22,000 gas cheaper than in two.
struct AuctionSlots {
    /// bidder (bits 0–159) | amount in fen (160–201) | end (202–233) | seconds extended (234–246) | fee in bps (247–255)
    uint256 word;
    /// charity in bps (0–15) | charity id (16–31) | delivery (32–39); written only when not zero
    uint256 extras;
}

using AuctionWords for AuctionSlots global;

library AuctionWords {
    uint256 internal constant AMOUNT_MAX = (1 << 42) - 1;
    uint256 private constant AMOUNT_SHIFT = 160;
    uint256 private constant END_SHIFT = 202;
    uint256 private constant EXTENDED_SHIFT = 234;
    uint256 private constant EXTENDED_MAX = (1 << 13) - 1;
    uint256 private constant FEE_SHIFT = 247;

    /// @param amount at most AMOUNT_MAX
    /// @param end before the year 2106
    /// @param extended at most 8,191
    /// @param feeBps at most 511
    function pack(address bidder, uint256 amount, uint256 end, uint256 extended, uint256 feeBps)
        internal
        pure
        returns (uint256)
    {
        return uint256(uint160(bidder)) | amount << AMOUNT_SHIFT | end << END_SHIFT | extended << EXTENDED_SHIFT
            | feeBps << FEE_SHIFT;
    }

    function unpack(uint256 word)
        internal
        pure
        returns (address bidder, uint256 amount, uint256 end, uint256 extended, uint256 feeBps)
    {
        bidder = address(uint160(word));
        amount = (word >> AMOUNT_SHIFT) & AMOUNT_MAX;
        end = uint32(word >> END_SHIFT);
        extended = (word >> EXTENDED_SHIFT) & EXTENDED_MAX;
        feeBps = word >> FEE_SHIFT;
    }

    function packExtras(uint256 charityBps, uint256 charityId, IExchangeTypes.Delivery delivery)
        internal
        pure
        returns (uint256)
    {
        return charityBps | charityId << 16 | uint256(uint8(delivery)) << 32;
    }

    /// @param extensionMax seconds that all extensions together may take
    function read(AuctionSlots storage slots, uint256 extensionMax)
        internal
        view
        returns (IExchangeTypes.AuctionRecord memory record)
    {
        (address bidder, uint256 amount, uint256 end, uint256 extended, uint256 feeBps) = unpack(slots.word);
        if (bidder == address(0)) return record;
        uint256 extras = slots.extras;
        record = IExchangeTypes.AuctionRecord({
            bidder: bidder,
            amount: uint96(amount),
            end: uint40(end),
            hardEnd: uint40(end + extensionMax - extended),
            feeBps: uint16(feeBps),
            charityBps: uint16(extras),
            charityId: uint16(extras >> 16),
            delivery: IExchangeTypes.Delivery(uint8(extras >> 32))
        });
    }
}
