// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The features of the exchange as one flag word, and what each legal profile may have.
/// @dev The word is an immutable: no role can switch on what a deployment lacks. Exits (refund, settle, withdraw, cash,
/// cancel, prove, release, burn) have no flag and cannot be switched off.
/// Source: docs/contracts.md "Profiles"; CN follows 银发〔2026〕42号 (no tradable token, no auction of one, no shares).
library Features {
    uint256 internal constant MINT = 1 << 0;
    /// @dev Moving a card outside of a sale (ERC-721 transfers).
    uint256 internal constant TRANSFER = 1 << 1;
    uint256 internal constant SALE = 1 << 2;
    uint256 internal constant BID = 1 << 3;
    uint256 internal constant SWAP = 1 << 4;
    uint256 internal constant DUTCH = 1 << 5;
    uint256 internal constant ENGLISH = 1 << 6;
    uint256 internal constant SEALED = 1 << 7;
    uint256 internal constant REISSUE = 1 << 8;
    uint256 internal constant DVP = 1 << 9;
    uint256 internal constant FRACTION = 1 << 10;

    uint256 internal constant ALL = (1 << 11) - 1;

    /// @notice Profile CN: nothing of this contract. A deployment there is an empty shell; use AttestedSettlement.
    uint256 internal constant CN = 0;
    /// @notice Profile SANDBOX: everything but free transfers; with an approval, its end, and a cap on prices.
    uint256 internal constant SANDBOX = ALL ^ TRANSFER;
    /// @notice Profile INTL: everything.
    uint256 internal constant INTL = ALL;
}
