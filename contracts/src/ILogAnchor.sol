// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Keeps the heads of the provenance log (C2SP tiled log, RFC 9162 hashing) on a chain.
/// @dev One slot: acc (184 bits) | size (40 bits) | time (32 bits). acc = high 184 bits of
/// keccak256(abi.encode(prev, size, root)), where prev is the former acc (as bytes32, left-aligned). Whoever extends the
/// chain repeats (prev, root) of the head, which the `Anchored` event told.
interface ILogAnchor {
    /// @param prev the acc before; with size and root it opens the new acc
    event Anchored(uint256 indexed size, bytes32 indexed root, bytes32 prev, bool proven);

    error NotAnchorer(address caller);
    /// @notice The tree must grow: `size` is not above the head's.
    error SizeNotRising(uint256 head, uint256 size);
    /// @notice (prev, root) do not open the head.
    error WrongHead();
    /// @notice The proof does not show that the new tree extends the old one.
    error Inconsistent();
    error EmptyTree();
    error ZeroAnchorer();

    /// @notice Chains a new head, on the anchorer's word. Only an anchorer.
    function anchor(uint256 size, bytes32 root) external;

    /// @notice Chains a new head and checks the RFC 9162 consistency proof: this chain is a witness.
    /// @param prev and oldRoot open the current head; both 0 for the first tree
    function anchorProven(bytes32 prev, bytes32 oldRoot, uint256 size, bytes32 root, bytes32[] calldata proof) external;

    /// @notice Is `leafHash` at `index` of the current head's tree? `prev` and `root` open the head.
    function included(bytes32 prev, bytes32 root, bytes32 leafHash, uint256 index, bytes32[] calldata proof)
        external
        view
        returns (bool);

    function head() external view returns (bytes32 acc, uint256 size, uint256 anchoredAt);
    /// @return unix seconds of the last checkpoint, the deployment's before the first
    function anchoredAt() external view returns (uint256);
}
