// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IExchangeTypes} from "../IExchange.sol";

/// @dev A running English auction in two words, so that a later bid writes only one of them (two, when it extends).
struct AuctionSlots {
    /// bidder (bits 0–159) | amount (160–255)
    uint256 bid;
    /// end (0–39) | hard end (40–79) | fee (80–95) | charity (96–111) | charity id (112–127) | delivery (128–135)
    uint256 terms;
}

using AuctionWords for AuctionSlots global;

library AuctionWords {
    function packBid(address bidder, uint96 amount) internal pure returns (uint256) {
        return uint256(uint160(bidder)) | uint256(amount) << 160;
    }

    function unpackBid(uint256 word) internal pure returns (address bidder, uint96 amount) {
        return (address(uint160(word)), uint96(word >> 160));
    }

    function packTerms(IExchangeTypes.AuctionTerms calldata terms, uint256 end, uint256 hardEnd)
        internal
        pure
        returns (uint256)
    {
        return end | hardEnd << 40 | uint256(terms.feeBps) << 80 | uint256(terms.charityBps) << 96
            | uint256(terms.charityId) << 112 | uint256(uint8(terms.delivery)) << 128;
    }

    function withEnd(uint256 word, uint256 end) internal pure returns (uint256) {
        return (word & ~uint256(type(uint40).max)) | end;
    }

    function read(AuctionSlots storage slots) internal view returns (IExchangeTypes.AuctionRecord memory record) {
        uint256 word = slots.terms;
        (record.bidder, record.amount) = unpackBid(slots.bid);
        record.end = uint40(word);
        record.hardEnd = uint40(word >> 40);
        record.feeBps = uint16(word >> 80);
        record.charityBps = uint16(word >> 96);
        record.charityId = uint16(word >> 112);
        record.delivery = IExchangeTypes.Delivery(uint8(word >> 128));
    }
}
