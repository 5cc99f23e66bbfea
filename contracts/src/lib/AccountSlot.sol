// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev balance (bits 0–63) | kycUntil (64–103) | epoch (104–135) | tier (136–143) | frozen (144).
type AccountSlot is uint256;

using AccountSlots for AccountSlot global;

/// @title An account in one storage word: the gate costs nothing, as the balance has to be read anyway.
library AccountSlots {
    /// @dev A bug: cards and balances would have come apart.
    error BalanceOutOfRange();

    uint256 private constant KYC_SHIFT = 64;
    uint256 private constant EPOCH_SHIFT = 104;
    uint256 private constant TIER_SHIFT = 136;
    uint256 private constant FROZEN_BIT = 1 << 144;
    uint256 private constant KYC_MASK = uint256(type(uint40).max) << KYC_SHIFT | uint256(type(uint8).max) << TIER_SHIFT;
    uint256 private constant EPOCH_MASK = uint256(type(uint32).max) << EPOCH_SHIFT;

    function balance(AccountSlot slot) internal pure returns (uint64) {
        return uint64(AccountSlot.unwrap(slot));
    }

    function kycUntil(AccountSlot slot) internal pure returns (uint40) {
        return uint40(AccountSlot.unwrap(slot) >> KYC_SHIFT);
    }

    function epoch(AccountSlot slot) internal pure returns (uint32) {
        return uint32(AccountSlot.unwrap(slot) >> EPOCH_SHIFT);
    }

    function tier(AccountSlot slot) internal pure returns (uint8) {
        return uint8(AccountSlot.unwrap(slot) >> TIER_SHIFT);
    }

    function frozen(AccountSlot slot) internal pure returns (bool) {
        return AccountSlot.unwrap(slot) & FROZEN_BIT != 0;
    }

    /// @dev May receive cards up to and including the second `needed`.
    function admitted(AccountSlot slot, uint256 needed) internal pure returns (bool) {
        return kycUntil(slot) >= needed && !frozen(slot);
    }

    function plus(AccountSlot slot, uint64 count) internal pure returns (AccountSlot) {
        if (balance(slot) > type(uint64).max - count) revert BalanceOutOfRange();
        unchecked {
            // Stays in the low 64 bits, as just seen.
            return AccountSlot.wrap(AccountSlot.unwrap(slot) + count);
        }
    }

    function minus(AccountSlot slot, uint64 count) internal pure returns (AccountSlot) {
        if (balance(slot) < count) revert BalanceOutOfRange();
        unchecked {
            return AccountSlot.wrap(AccountSlot.unwrap(slot) - count);
        }
    }

    function withKyc(AccountSlot slot, uint40 until, uint8 tier_) internal pure returns (AccountSlot) {
        return AccountSlot.wrap(
            (AccountSlot.unwrap(slot) & ~KYC_MASK) | uint256(until) << KYC_SHIFT | uint256(tier_) << TIER_SHIFT
        );
    }

    function withFrozen(AccountSlot slot, bool frozen_) internal pure returns (AccountSlot) {
        uint256 cleared = AccountSlot.unwrap(slot) & ~FROZEN_BIT;
        return AccountSlot.wrap(frozen_ ? cleared | FROZEN_BIT : cleared);
    }

    function withNextEpoch(AccountSlot slot) internal pure returns (AccountSlot) {
        uint32 next = epoch(slot) + 1;
        return AccountSlot.wrap((AccountSlot.unwrap(slot) & ~EPOCH_MASK) | uint256(next) << EPOCH_SHIFT);
    }
}
