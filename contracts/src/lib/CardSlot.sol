// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IExchangeTypes} from "../IExchange.sol";

/// @dev owner (bits 0–159) | nonce (160–191) | expiry (192–231) | state (232–239) | issuer class (240–255).
type CardSlot is uint256;

using CardSlots for CardSlot global;

/// @title A card in one storage word. Written by shifts: the compiler would write a packed struct field by field.
library CardSlots {
    uint256 private constant NONCE_SHIFT = 160;
    uint256 private constant EXPIRY_SHIFT = 192;
    uint256 private constant STATE_SHIFT = 232;
    uint256 private constant CLASS_SHIFT = 240;
    uint256 private constant OWNER_MASK = type(uint160).max;
    uint256 private constant NONCE_MASK = uint256(type(uint32).max) << NONCE_SHIFT;
    uint256 private constant STATE_MASK = uint256(type(uint8).max) << STATE_SHIFT;

    function pack(address owner_, uint32 nonce_, uint40 expiry_, IExchangeTypes.State state_, uint16 class_)
        internal
        pure
        returns (CardSlot)
    {
        return CardSlot.wrap(
            uint256(uint160(owner_)) | uint256(nonce_) << NONCE_SHIFT | uint256(expiry_) << EXPIRY_SHIFT
                | uint256(uint8(state_)) << STATE_SHIFT | uint256(class_) << CLASS_SHIFT
        );
    }

    function owner(CardSlot slot) internal pure returns (address) {
        return address(uint160(CardSlot.unwrap(slot)));
    }

    function nonce(CardSlot slot) internal pure returns (uint32) {
        return uint32(CardSlot.unwrap(slot) >> NONCE_SHIFT);
    }

    function expiry(CardSlot slot) internal pure returns (uint40) {
        return uint40(CardSlot.unwrap(slot) >> EXPIRY_SHIFT);
    }

    function state(CardSlot slot) internal pure returns (IExchangeTypes.State) {
        return IExchangeTypes.State(uint8(CardSlot.unwrap(slot) >> STATE_SHIFT));
    }

    function issuerClass(CardSlot slot) internal pure returns (uint16) {
        return uint16(CardSlot.unwrap(slot) >> CLASS_SHIFT);
    }

    /// @dev Expiry and state in one comparison: is this the card of that id, in that state?
    function isIn(CardSlot slot, uint256 cardId, IExchangeTypes.State state_) internal pure returns (bool) {
        return uint48(CardSlot.unwrap(slot) >> EXPIRY_SHIFT) == (uint256(uint8(state_)) << 40 | uint40(cardId));
    }

    /// @dev Is this the card of that id, active, and this owner's? One comparison for all three.
    function isActiveOf(CardSlot slot, uint256 cardId, address owner_) internal pure returns (bool) {
        uint256 wanted = uint256(uint160(owner_)) | uint256(uint40(cardId)) << EXPIRY_SHIFT
            | uint256(uint8(IExchangeTypes.State.ACTIVE)) << STATE_SHIFT;
        return (CardSlot.unwrap(slot) ^ wanted) & ~(NONCE_MASK | uint256(type(uint16).max) << CLASS_SHIFT) == 0;
    }

    function withState(CardSlot slot, IExchangeTypes.State state_) internal pure returns (CardSlot) {
        return CardSlot.wrap((CardSlot.unwrap(slot) & ~STATE_MASK) | uint256(uint8(state_)) << STATE_SHIFT);
    }

    function withOwner(CardSlot slot, address owner_) internal pure returns (CardSlot) {
        return CardSlot.wrap((CardSlot.unwrap(slot) & ~OWNER_MASK) | uint256(uint160(owner_)));
    }

    /// @dev Another's, all else as it is; a nonce on, as `bumped`.
    function passed(CardSlot slot, address to) internal pure returns (CardSlot) {
        return withOwner(bumped(slot), to);
    }

    /// @dev All signatures made for the card before are void. Reverts (panic) rather than start again at 0, which
    /// 2^32 changes would need.
    function bumped(CardSlot slot) internal pure returns (CardSlot) {
        uint256 word = CardSlot.unwrap(slot);
        assert(word & NONCE_MASK != NONCE_MASK);
        unchecked {
            return CardSlot.wrap(word + (1 << NONCE_SHIFT));
        }
    }
}
